/// A mesh of real parts on one machine: Envoy processes, a control plane process, a pretend
/// internet, and clients that reach them the way an intercepted application would.
@NullMarked
package io.sallyport.e2e.harness;

import org.jspecify.annotations.NullMarked;
