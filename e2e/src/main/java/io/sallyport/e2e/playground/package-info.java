/// The main job on one machine: starts a mesh of real parts, walks the seed cases, and shows for
/// each request what was expected, what came, and which policy decided.
@NullMarked
package io.sallyport.e2e.playground;

import org.jspecify.annotations.NullMarked;
