package io.sallyport.app;

import io.sallyport.admin.AdminClient;
import io.sallyport.bootstrap.HostPort;
import java.io.IOException;
import java.net.ConnectException;
import picocli.CommandLine.Option;

/// `--admin` of the commands that ask a running control plane.
final class AdminOption {
  @Option(
      names = "--admin",
      paramLabel = "ADDR:PORT",
      defaultValue = "127.0.0.1:15014",
      description = "The control plane's admin address (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init")
  private String admin;

  /// What is asked.
  interface Question<T> {
    T of(AdminClient client) throws IOException, InterruptedException;
  }

  /// @throws UserException when there is no answer
  <T> T ask(Question<T> question) {
    String address = HostPort.parse("--admin", admin).toString();
    try (AdminClient client = new AdminClient(address)) {
      return question.of(client);
    } catch (ConnectException e) {
      throw new UserException(
          "no control plane answers on "
              + address
              + ": is 'sallyport serve' running, and is this"
              + " its --admin?");
    } catch (IOException e) {
      throw new UserException("the control plane on " + address + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserException("interrupted");
    }
  }
}
