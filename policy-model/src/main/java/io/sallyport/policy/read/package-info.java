/// From bytes to [io.sallyport.policy.Document]s: limits, YAML, binding to records, and the checks
/// that need one document only.
@NullMarked
package io.sallyport.policy.read;

import org.jspecify.annotations.NullMarked;
