/// The linked mesh: what users wrote, folded change by change into an image, joined into a model,
/// and cut into the views that one scope of proxies may see. Pure: no clock, no threads, no files.
@NullMarked
package io.sallyport.mesh;

import org.jspecify.annotations.NullMarked;
