/// One class per Envoy filter, and the one place that orders them.
@NullMarked
package io.sallyport.compile.filter;

import org.jspecify.annotations.NullMarked;
