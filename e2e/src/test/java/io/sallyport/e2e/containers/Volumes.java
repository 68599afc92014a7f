package io.sallyport.e2e.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.testcontainers.DockerClientFactory;

/// Volumes in memory that belong to the proxies' user, so that keys are never on a disk. A volume
/// keeps what it holds as long as some container uses it.
final class Volumes implements AutoCloseable {
  private final DockerClient client = DockerClientFactory.instance().client();
  private final List<String> names = new ArrayList<>();

  /// Makes one.
  ///
  /// @return its name
  String create(String purpose) {
    String name = "sallyport-" + purpose + "-" + UUID.randomUUID();
    client
        .createVolumeCmd()
        .withName(name)
        .withDriver("local")
        .withDriverOpts(
            Map.of("type", "tmpfs", "device", "tmpfs", "o", "uid=1337,gid=1337,mode=0700"))
        .withLabels(DockerClientFactory.DEFAULT_LABELS)
        .exec();
    names.add(name);
    return name;
  }

  static Bind writable(String name, String at) {
    return new Bind(name, new Volume(at), AccessMode.rw);
  }

  static Bind readOnly(String name, String at) {
    return new Bind(name, new Volume(at), AccessMode.ro);
  }

  @Override
  public void close() {
    names.forEach(name -> client.removeVolumeCmd(name).exec());
  }
}
