/// From bytes to [io.sallyport.policy.Document]s: limits, YAML, binding to records, and the checks
/// that need one document only; then what several texts say together.
///
/// A text goes bytes → characters (`Utf8Text`) → one part a document (`Chunk`) → a tree
/// (`TreeComposer`) → a record (`DocumentBinder`, with a binding for each kind).
@NullMarked
package io.sallyport.policy.read;

import org.jspecify.annotations.NullMarked;
