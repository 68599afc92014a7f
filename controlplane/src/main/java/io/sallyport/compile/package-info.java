/// From one scope's view to Envoy's resources: a pure function of its argument.
@NullMarked
package io.sallyport.compile;

import org.jspecify.annotations.NullMarked;
