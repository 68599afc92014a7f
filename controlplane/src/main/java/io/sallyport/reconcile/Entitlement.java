package io.sallyport.reconcile;

/// What a claim that holds entitles to: one configuration, and the secrets of one account of the
/// claim's namespace.
record Entitlement(Target target, String serviceAccount) {}
