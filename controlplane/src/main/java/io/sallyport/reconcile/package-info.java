/// The one writer: takes changes from the sources, links the mesh, compiles what changed,
/// publishes.
@NullMarked
package io.sallyport.reconcile;

import org.jspecify.annotations.NullMarked;
