package io.sallyport.mesh;

import static io.sallyport.mesh.Written.app;
import static io.sallyport.mesh.Written.gateway;
import static io.sallyport.mesh.Written.http;
import static io.sallyport.mesh.Written.mesh;
import static io.sallyport.mesh.Written.own;
import static io.sallyport.mesh.Written.rule;
import static io.sallyport.mesh.Written.to;
import static io.sallyport.mesh.Written.with;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mesh.DocumentState.Form;
import io.sallyport.mesh.ScopeView.OutboundRoute;
import io.sallyport.mesh.ScopeView.SidecarView;
import io.sallyport.policy.EgressTrafficPolicy;
import io.sallyport.policy.EgressTrafficPolicy.Destination;
import io.sallyport.policy.FieldPath;
import io.sallyport.policy.Position;
import io.sallyport.policy.problem.Problem;
import io.sallyport.policy.problem.Severity;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// An invalid edit keeps what was in force before it.
class LastValidFormTest {
  private static final Problem UNREADABLE =
      new Problem(
          Severity.ERROR,
          "unknown field `too`",
          Optional.of(new Position("p.yaml", 9, 1)),
          FieldPath.ROOT,
          Optional.empty(),
          "",
          List.of());

  private static EgressTrafficPolicy policy(Destination... to) {
    return own("p", "egressgateway", rule(app("mytest", "sleep-a"), to));
  }

  private static final EgressTrafficPolicy GOOD = policy(to(80, 80, "good.test"));

  private static List<String> hosts(ResourceImage image) {
    MeshModel model = MeshModel.link(image).model();
    Workload workload = model.workload("mytest", "sleep-a").orElseThrow();
    SidecarView view = (SidecarView) model.view(model.scope(workload, ListenOptions.DEFAULT));
    return view.routes().stream().map(OutboundRoute::host).toList();
  }

  private static Form form(ResourceImage image) {
    return requireNonNull(MeshModel.link(image).documents().get(GOOD.key())).form();
  }

  private static ResourceImage accepted(ResourceImage image) {
    return image.accept(MeshModel.link(image));
  }

  private static ResourceImage invalid(ResourceImage image) {
    return image.with(List.of(new Change.Invalid("file:a", GOOD.key(), List.of(UNREADABLE))));
  }

  @Test
  void anUnreadableEditKeepsTheFormBeforeAndIsReported() {
    ResourceImage image = invalid(accepted(mesh(GOOD)));

    assertThat(hosts(image)).containsExactly("good.test");
    assertThat(form(image)).isEqualTo(Form.LAST_VALID);
    assertThat(MeshModel.link(image).problems()).containsExactly(UNREADABLE);
  }

  @Test
  void anUnreadableDocumentWithoutAFormBeforeGrantsNothing() {
    ResourceImage image = invalid(mesh());

    assertThat(hosts(image)).isEmpty();
    assertThat(form(image)).isEqualTo(Form.NONE);
    assertThat(MeshModel.link(image).problems()).containsExactly(UNREADABLE);
  }

  @Test
  void anEditThatDoesNotLinkKeepsTheWholeFormBefore() {
    EgressTrafficPolicy bad = policy(to(80, 80, "new.test"), to(80, 81, "bad.test"));

    ResourceImage edited = with(accepted(mesh(GOOD)), bad);
    assertThat(hosts(edited)).containsExactly("good.test");
    assertThat(form(edited)).isEqualTo(Form.LAST_VALID);

    assertThat(hosts(mesh(bad))).containsExactly("new.test");
    assertThat(form(mesh(bad))).isEqualTo(Form.PARTLY);
  }

  @Test
  void aFormThatNeverLinkedIsNothingToFallBackTo() {
    EgressTrafficPolicy bad = policy(to(80, 81, "bad.test"));

    ResourceImage image = invalid(accepted(mesh(bad)));
    assertThat(hosts(image)).isEmpty();
    assertThat(form(image)).isEqualTo(Form.NONE);
  }

  @Test
  void theFormBeforeMustStillLink() {
    ResourceImage image = invalid(accepted(mesh(GOOD)));
    ResourceImage portGone = with(image, gateway("egressgateway", http(8080)));
    assertThat(hosts(portGone)).isEmpty();

    ResourceImage portBack = with(accepted(portGone), gateway("egressgateway", http(80)));
    assertThat(hosts(portBack)).containsExactly("good.test");
  }

  @Test
  void anEditThatContradictsAnOlderDocumentKeepsTheFormBefore() {
    EgressTrafficPolicy older =
        own("a", "egressgateway", rule(app("mytest", "sleep-a"), to(80, 80, "taken.test")));
    EgressTrafficPolicy edit = policy(to(80, 8080, "taken.test"), to(80, 80, "new.test"));

    ResourceImage image = with(accepted(mesh(older, GOOD)), edit);
    assertThat(hosts(image)).containsExactly("good.test", "taken.test");
    assertThat(form(image)).isEqualTo(Form.LAST_VALID);
  }

  @Test
  void theOldFormOfOneDocumentDoesNotDisplaceAnOlderDocument() {
    EgressTrafficPolicy taken = policy(to(80, 8080, "taken.test"));
    ResourceImage image = invalid(accepted(mesh(taken)));
    EgressTrafficPolicy older =
        own("a", "egressgateway", rule(app("mytest", "sleep-a"), to(80, 80, "taken.test")));

    ResourceImage both = with(image, older);
    assertThat(hosts(both)).containsExactly("taken.test");
    assertThat(form(both)).isEqualTo(Form.NONE);
  }

  @Test
  void deletionForgets() {
    ResourceImage image =
        accepted(mesh(GOOD)).with(List.of(new Change.Delete("file:a", GOOD.key())));

    assertThat(hosts(image)).isEmpty();
    assertThat(MeshModel.link(image).documents()).doesNotContainKey(GOOD.key());
    assertThat(hosts(invalid(image))).isEmpty();
  }

  @Test
  void acceptingTwiceChangesNothingAndAFixIsTheNewestForm() {
    ResourceImage image = accepted(invalid(accepted(mesh(GOOD))));

    assertThat(accepted(image)).isEqualTo(image);
    assertThat(form(with(image, GOOD))).isEqualTo(Form.NEWEST);
    assertThat(MeshModel.link(with(image, GOOD)).problems()).isEmpty();
  }

  @Test
  void ofTwoSourcesWithOneKeyTheFirstNameIsKept() {
    EgressTrafficPolicy other = policy(to(80, 80, "other.test"));
    ResourceImage image =
        mesh()
            .with(
                List.of(
                    new Change.Upsert("kube", Written.of(other)),
                    new Change.Upsert("file:a", Written.of(GOOD))));

    assertThat(hosts(image)).containsExactly("good.test");
    assertThat(MeshModel.link(image).problems())
        .extracting(Problem::message)
        .containsExactly(
            "EgressTrafficPolicy istio-egress/p comes from two sources, `file:a` and `kube`");
    ResourceImage one = accepted(image).with(List.of(new Change.Delete("file:a", GOOD.key())));
    assertThat(hosts(one)).containsExactly("other.test");
  }

  @Test
  void findingsOfAUnitAreReplacedAndTakenBack() {
    ResourceImage found =
        mesh().with(List.of(new Change.Findings("file:a", "x.yaml", List.of(UNREADABLE))));
    assertThat(MeshModel.link(found).problems()).containsExactly(UNREADABLE);

    ResourceImage clean = found.with(List.of(new Change.Findings("file:a", "x.yaml", List.of())));
    assertThat(clean).isEqualTo(mesh());
  }
}
