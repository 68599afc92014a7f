/// The HTTP side of the control plane: health, metrics, and the JSON behind the commands.
@NullMarked
package io.sallyport.admin;

import org.jspecify.annotations.NullMarked;
