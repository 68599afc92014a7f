package io.sallyport.reconcile;

import io.sallyport.mesh.MeshModel;
import io.sallyport.mesh.Scope;
import io.sallyport.mesh.ScopeView;

/// Whose configuration a proxy gets: its scope's, or, once its workload is gone from the registry,
/// that of a scope which may do nothing.
record Target(Scope scope, boolean present) {
  ScopeView view(MeshModel model) {
    return present ? model.view(scope) : model.emptyView(scope);
  }
}
