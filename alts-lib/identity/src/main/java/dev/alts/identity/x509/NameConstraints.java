package dev.alts.identity.x509;

import dev.alts.identity.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * Name constraints of an issuer (RFC 5280 4.2.1.10) for URIs and directory names. The JDK checks
 * them too, and those for DNS, mail and addresses alone; ours are stricter where it is known to be
 * lenient: a trailing dot makes no other host, and a URI without a host satisfies nothing.
 */
record NameConstraints(
    List<String> permittedHosts,
    List<String> excludedHosts,
    List<List<X500Principal>> permittedNames,
    List<List<X500Principal>> excludedNames) {
  private static final int PERMITTED = 0xa0;
  private static final int EXCLUDED = 0xa1;
  private static final int RFC822_NAME = 0x81;
  private static final int DNS_NAME = 0x82;
  private static final int DIRECTORY_NAME = 0xa4;
  private static final int URI = 0x86;
  private static final int IP_ADDRESS = 0x87;
  private static final int MAX_SUBTREES = 64;

  NameConstraints {
    permittedHosts = List.copyOf(permittedHosts);
    excludedHosts = List.copyOf(excludedHosts);
    permittedNames = List.copyOf(permittedNames);
    excludedNames = List.copyOf(excludedNames);
  }

  static Optional<NameConstraints> of(StrictCertificate certificate)
      throws InvalidCertificateException {
    Optional<CertificateExtension> extension = certificate.extension(Oids.NAME_CONSTRAINTS);
    if (extension.isEmpty()) {
      return Optional.empty();
    }
    List<String> permittedHosts = new ArrayList<>();
    List<String> excludedHosts = new ArrayList<>();
    List<List<X500Principal>> permittedNames = new ArrayList<>();
    List<List<X500Principal>> excludedNames = new ArrayList<>();
    DerReader reader = new DerReader(extension.get().value().toByteArray());
    DerReader fields = reader.enter(DerReader.SEQUENCE);
    reader.requireEnd();
    boolean any = false;
    if (fields.nextIs(PERMITTED)) {
      read(fields.enter(PERMITTED), permittedHosts, permittedNames);
      any = true;
    }
    if (fields.nextIs(EXCLUDED)) {
      read(fields.enter(EXCLUDED), excludedHosts, excludedNames);
      any = true;
    }
    fields.requireEnd();
    if (!any) {
      throw new InvalidCertificateException("name constraints: empty");
    }
    return Optional.of(
        new NameConstraints(permittedHosts, excludedHosts, permittedNames, excludedNames));
  }

  /** Refuses a certificate below the issuer whose URIs or subject it may not name. */
  void require(StrictCertificate below) throws InvalidCertificateException {
    for (String uri : SubjectNames.of(below).map(SubjectNames::uris).orElse(List.of())) {
      requireUri(uri);
    }
    List<X500Principal> subject = relativeNames(new DerReader(below.subject().toByteArray()));
    if (subject.isEmpty()) {
      return;
    }
    boolean permitted =
        permittedNames.isEmpty()
            || permittedNames.stream().anyMatch(subtree -> isBelow(subject, subtree));
    if (!permitted || excludedNames.stream().anyMatch(subtree -> isBelow(subject, subtree))) {
      throw new InvalidCertificateException("name constraints: subject is outside of them");
    }
  }

  private void requireUri(String uri) throws InvalidCertificateException {
    if (permittedHosts.isEmpty() && excludedHosts.isEmpty()) {
      return;
    }
    String host = host(uri);
    if (host.isEmpty() || host.endsWith(".") || host.startsWith(".")) {
      throw new InvalidCertificateException(
          "name constraints: host \"%s\" (expected: a host without dots at its ends)"
              .formatted(host));
    }
    boolean permitted =
        permittedHosts.isEmpty()
            || permittedHosts.stream().anyMatch(constraint -> matches(host, constraint));
    if (!permitted || excludedHosts.stream().anyMatch(constraint -> matches(host, constraint))) {
      throw new InvalidCertificateException(
          "name constraints: host \"%s\" is outside of them".formatted(host));
    }
  }

  /** A leading dot stands for every host below; without it, that one host is meant. */
  private static boolean matches(String host, String constraint) {
    if (constraint.isEmpty()) {
      return true;
    }
    return constraint.startsWith(".") ? host.endsWith(constraint) : host.equals(constraint);
  }

  private static String host(String uri) {
    int start = uri.indexOf("://");
    if (start < 0) {
      return "";
    }
    String rest = uri.substring(start + 3);
    int end = rest.length();
    for (char delimiter : new char[] {'/', '?', '#'}) {
      int at = rest.indexOf(delimiter);
      end = at >= 0 && at < end ? at : end;
    }
    String authority = rest.substring(0, end);
    authority = authority.substring(authority.lastIndexOf('@') + 1);
    int port = authority.indexOf(':');
    return (port < 0 ? authority : authority.substring(0, port)).toLowerCase(Locale.ROOT);
  }

  private static void read(DerReader subtrees, List<String> hosts, List<List<X500Principal>> names)
      throws InvalidCertificateException {
    if (!subtrees.hasMore()) {
      throw new InvalidCertificateException("name constraints: empty");
    }
    for (int count = 0; subtrees.hasMore(); count++) {
      if (count == MAX_SUBTREES) {
        throw new InvalidCertificateException("name constraints: more than 64");
      }
      DerReader subtree = subtrees.enter(DerReader.SEQUENCE);
      switch (subtree.peekTag()) {
        case URI -> hosts.add(constraint(subtree.read(URI)));
        case DIRECTORY_NAME -> names.add(relativeNames(subtree.enter(DIRECTORY_NAME)));
        case RFC822_NAME, DNS_NAME, IP_ADDRESS -> subtree.readElement();
        default ->
            throw new InvalidCertificateException("name constraints: a form that nobody checks");
      }
      // Minimum is 0 and so not written; a maximum is not allowed (RFC 5280).
      subtree.requireEnd();
    }
  }

  private static String constraint(byte[] value) throws InvalidCertificateException {
    String host = new String(value, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    if (host.endsWith(".")) {
      throw new InvalidCertificateException(
          "name constraints: \"%s\" (expected: no trailing dot)".formatted(host));
    }
    return host;
  }

  private static boolean isBelow(List<X500Principal> name, List<X500Principal> subtree) {
    return name.size() >= subtree.size() && name.subList(0, subtree.size()).equals(subtree);
  }

  /** {@return the name's parts, each as a name of its own, which compare as RFC 5280 7.1 says} */
  private static List<X500Principal> relativeNames(DerReader name)
      throws InvalidCertificateException {
    DerReader parts = name.enter(DerReader.SEQUENCE);
    name.requireEnd();
    List<X500Principal> list = new ArrayList<>();
    while (parts.hasMore()) {
      byte[] part = parts.readElement();
      byte[] single = new DerWriter().element(DerReader.SEQUENCE, part).toByteArray();
      try {
        list.add(new X500Principal(single));
      } catch (IllegalArgumentException e) {
        throw new InvalidCertificateException("name: " + Bytes.copyOf(part), e);
      }
    }
    return list;
  }
}
