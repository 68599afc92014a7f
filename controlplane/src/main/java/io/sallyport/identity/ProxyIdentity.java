package io.sallyport.identity;

import java.util.Optional;

/// Whom a client certificate stands for.
///
/// @param workload the workload it is bound to; empty: any of the identity's
public record ProxyIdentity(SpiffeId id, Optional<String> workload) {}
