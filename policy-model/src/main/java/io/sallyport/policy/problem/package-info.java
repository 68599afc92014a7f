/// A user's mistakes as values: collected, sorted and shown together with `file:line:column`, the
/// line and a caret. Nothing here throws for what a user wrote.
@NullMarked
package io.sallyport.policy.problem;

import org.jspecify.annotations.NullMarked;
