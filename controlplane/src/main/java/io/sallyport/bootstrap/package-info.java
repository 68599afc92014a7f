/// What one proxy needs on its disk in order to start: Envoy's bootstrap, a client certificate
/// bound to its workload, and the trust bundle; and how these stay fresh.
@NullMarked
package io.sallyport.bootstrap;

import org.jspecify.annotations.NullMarked;
