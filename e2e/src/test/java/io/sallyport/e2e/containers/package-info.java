/// The mesh of a scenario in containers, on a Docker engine: every workload in a network namespace
/// of its own, intercepted by iptables, and the outside on networks that workloads can't reach.
@NullMarked
package io.sallyport.e2e.containers;

import org.jspecify.annotations.NullMarked;
