package io.sallyport.mesh;

import static io.sallyport.mesh.Written.mesh;
import static io.sallyport.mesh.Written.workload;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mesh.DocumentState.Form;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.Resource;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import java.util.List;

/// A mesh that is linked, and what of it tests look at.
final class Linking {
  private Linking() {}

  static Linked link(Resource... more) {
    return MeshModel.link(mesh(more));
  }

  /// The routes of mytest/sleep-a, as `host:port>gateway:port`.
  static List<String> routes(Linked linked) {
    MeshModel model = linked.model();
    Workload workload = model.workload("mytest", "sleep-a").orElseThrow();
    SidecarView view = (SidecarView) model.view(model.scope(workload, ListenOptions.DEFAULT));
    return view.routes().stream().map(Linking::text).toList();
  }

  static String text(OutboundRoute route) {
    ServicePort hop = route.hop().service();
    return route.host() + ":" + route.port() + ">" + hop.name() + ":" + hop.port();
  }

  static List<Problem> errors(Linked linked) {
    return linked.problems().stream().filter(p -> p.severity() == Severity.ERROR).toList();
  }

  static List<String> warnings(Linked linked) {
    return linked.problems().stream()
        .filter(p -> p.severity() == Severity.WARNING)
        .map(p -> p.field() + ": " + p.message())
        .toList();
  }

  static Form form(Linked linked, Resource resource) {
    return requireNonNull(linked.documents().get(resource.key())).form();
  }

  static void assertOneError(
      Linked linked, Resource resource, String field, String message, String help) {
    assertThat(errors(linked)).hasSize(1);
    Problem problem = errors(linked).get(0);
    assertThat(problem.message()).isEqualTo(message);
    assertThat(problem.field().text()).isEqualTo(field);
    assertThat(problem.resource()).contains(resource.key());
    assertThat(problem.help()).isEqualTo(help);
    assertThat(problem.position()).isPresent();
  }
}
