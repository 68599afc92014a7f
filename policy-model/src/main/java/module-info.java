/// What users write, and the mesh that follows from it: no gRPC, no protobuf, no Kubernetes client.
module io.sallyport.policymodel {
  requires static org.jspecify;
  requires com.google.common;
  requires org.yaml.snakeyaml;

  exports io.sallyport.policy;
  exports io.sallyport.policy.problem;
  exports io.sallyport.policy.read;
  exports io.sallyport.mesh;
}
