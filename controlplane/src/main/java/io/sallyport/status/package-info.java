/// What is in force: which proxy has acknowledged or refused what, and what that says of each
/// policy.
@NullMarked
package io.sallyport.status;

import org.jspecify.annotations.NullMarked;
