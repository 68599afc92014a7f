package io.sallyport.e2e.harness;

import java.net.InetSocketAddress;
import java.util.Hashtable;
import java.util.Set;
import java.util.TreeSet;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

/// Asks one DNS server.
record DnsClient(InetSocketAddress server) {
  /// The IPv4 addresses of a name; none, too, where there is no answer.
  Set<String> addresses(String name) {
    Hashtable<String, String> settings = new Hashtable<>();
    settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    settings.put(Context.PROVIDER_URL, "dns://" + server.getHostString() + ":" + server.getPort());
    settings.put("com.sun.jndi.dns.timeout.initial", "500");
    settings.put("com.sun.jndi.dns.timeout.retries", "1");
    Set<String> addresses = new TreeSet<>();
    try {
      InitialDirContext dns = new InitialDirContext(settings);
      Attribute answers = dns.getAttributes(name, new String[] {"A"}).get("A");
      for (int i = 0; answers != null && i < answers.size(); i++) {
        addresses.add(String.valueOf(answers.get(i)));
      }
      dns.close();
    } catch (NamingException _) {
      return Set.of();
    }
    return addresses;
  }
}
