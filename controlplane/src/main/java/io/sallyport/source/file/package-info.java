/// Documents from directories: found, watched, read, and kept in their last valid form.
@NullMarked
package io.sallyport.source.file;

import org.jspecify.annotations.NullMarked;
