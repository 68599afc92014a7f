/// The command line and the wiring: plain constructors, top to bottom.
@NullMarked
package io.sallyport.app;

import org.jspecify.annotations.NullMarked;
