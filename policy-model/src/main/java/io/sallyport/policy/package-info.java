/// The documents that users write, as records: one record a kind, immutable, free of any idea of
/// where the text came from. [io.sallyport.policy.Document] joins a record with the positions of
/// its fields, so that a problem can be shown at its line.
@NullMarked
package io.sallyport.policy;

import org.jspecify.annotations.NullMarked;
