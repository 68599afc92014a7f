/// Where documents come from. A source reports changes; it decides nothing.
@NullMarked
package io.sallyport.source;

import org.jspecify.annotations.NullMarked;
