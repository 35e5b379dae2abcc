package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * One certificate as independent parsers read it, each as the same list of fields: serial, from,
 * until, uri, key (SHA-256 of the SubjectPublicKeyInfo), ca, subjectKey, authorityKey, purposes.
 */
final class ShapeReaders {
  private static final String PYTHON =
      """
      import sys, hashlib
      from cryptography import x509
      from cryptography.hazmat.primitives import serialization as s
      c = x509.load_der_x509_certificate(open(sys.argv[1], 'rb').read())
      e = c.extensions
      print('serial=%x' % c.serial_number)
      print('from=' + c.not_valid_before.isoformat() + 'Z')
      print('until=' + c.not_valid_after.isoformat() + 'Z')
      print('uri=' + ','.join(e.get_extension_for_class(x509.SubjectAlternativeName).value
          .get_values_for_type(x509.UniformResourceIdentifier)))
      spki = c.public_key().public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo)
      print('key=' + hashlib.sha256(spki).hexdigest())
      print('ca=' + str(e.get_extension_for_class(x509.BasicConstraints).value.ca).lower())
      print('subjectKey=' + e.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex())
      print('authorityKey=' + e.get_extension_for_class(x509.AuthorityKeyIdentifier)
          .value.key_identifier.hex())
      print('purposes=' + ','.join(p.dotted_string
          for p in e.get_extension_for_class(x509.ExtendedKeyUsage).value))
      """;

  private static final String GO =
      """
      package main

      import (
      	"crypto/sha256"
      	"crypto/x509"
      	"fmt"
      	"os"
      	"strings"
      	"time"
      )

      func main() {
      	der, err := os.ReadFile(os.Args[1])
      	if err != nil {
      		panic(err)
      	}
      	c, err := x509.ParseCertificate(der)
      	if err != nil {
      		panic(err)
      	}
      	fmt.Printf("serial=%x\\n", c.SerialNumber)
      	fmt.Printf("from=%s\\n", c.NotBefore.UTC().Format(time.RFC3339))
      	fmt.Printf("until=%s\\n", c.NotAfter.UTC().Format(time.RFC3339))
      	var uris, purposes []string
      	for _, u := range c.URIs {
      		uris = append(uris, u.String())
      	}
      	names := map[x509.ExtKeyUsage]string{
      		x509.ExtKeyUsageServerAuth: "1.3.6.1.5.5.7.3.1",
      		x509.ExtKeyUsageClientAuth: "1.3.6.1.5.5.7.3.2",
      	}
      	for _, p := range c.ExtKeyUsage {
      		purposes = append(purposes, names[p])
      	}
      	fmt.Printf("uri=%s\\n", strings.Join(uris, ","))
      	fmt.Printf("key=%x\\n", sha256.Sum256(c.RawSubjectPublicKeyInfo))
      	fmt.Printf("ca=%t\\n", c.IsCA)
      	fmt.Printf("subjectKey=%x\\n", c.SubjectKeyId)
      	fmt.Printf("authorityKey=%x\\n", c.AuthorityKeyId)
      	fmt.Printf("purposes=%s\\n", strings.Join(purposes, ","))
      }
      """;

  private static final DateTimeFormatter GNUTLS_TIME =
      DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss 'UTC' uuuu", Locale.ROOT);

  private ShapeReaders() {}

  static Map<String, String> jdk(Bytes der) throws Exception {
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509", "SUN")
                .generateCertificate(new ByteArrayInputStream(der.toByteArray()));
    Map<String, String> fields = new TreeMap<>();
    fields.put("serial", certificate.getSerialNumber().toString(16));
    fields.put("from", certificate.getNotBefore().toInstant().toString());
    fields.put("until", certificate.getNotAfter().toInstant().toString());
    fields.put(
        "uri",
        String.join(
            ",",
            certificate.getSubjectAlternativeNames().stream()
                .map(name -> name.get(1).toString())
                .toList()));
    fields.put("key", hash(certificate.getPublicKey().getEncoded()));
    fields.put("ca", Boolean.toString(certificate.getBasicConstraints() >= 0));
    fields.put("purposes", String.join(",", certificate.getExtendedKeyUsage()));
    return fields;
  }

  static Map<String, String> bouncyCastle(Bytes der) throws IOException {
    X509CertificateHolder certificate = new X509CertificateHolder(der.toByteArray());
    Map<String, String> fields = new TreeMap<>();
    fields.put("serial", certificate.getSerialNumber().toString(16));
    fields.put("from", certificate.getNotBefore().toInstant().toString());
    fields.put("until", certificate.getNotAfter().toInstant().toString());
    fields.put(
        "uri",
        GeneralNames.getInstance(value(certificate, Extension.subjectAlternativeName))
            .getNames()[0]
            .getName()
            .toString());
    fields.put("key", hash(certificate.getSubjectPublicKeyInfo().getEncoded()));
    fields.put(
        "ca",
        Boolean.toString(
            BasicConstraints.getInstance(value(certificate, Extension.basicConstraints)).isCA()));
    fields.put(
        "subjectKey",
        hex(
            SubjectKeyIdentifier.getInstance(value(certificate, Extension.subjectKeyIdentifier))
                .getKeyIdentifier()));
    fields.put(
        "authorityKey",
        hex(
            AuthorityKeyIdentifier.getInstance(value(certificate, Extension.authorityKeyIdentifier))
                .getKeyIdentifierOctets()));
    List<String> purposes = new ArrayList<>();
    for (var purpose :
        ExtendedKeyUsage.getInstance(value(certificate, Extension.extendedKeyUsage)).getUsages()) {
      purposes.add(purpose.getId());
    }
    fields.put("purposes", String.join(",", purposes));
    return fields;
  }

  private static Object value(X509CertificateHolder certificate, ASN1ObjectIdentifier oid) {
    return certificate.getExtension(oid).getParsedValue();
  }

  static Map<String, String> python(Path certificate) throws Exception {
    Path program = certificate.resolveSibling("shape.py");
    Files.writeString(program, PYTHON);
    return lines(
        run("/usr/bin/python3", "-W", "ignore", program.toString(), certificate.toString()));
  }

  /** {@return the program that reads shapes, built once} */
  static Path goProgram(Path directory) throws Exception {
    Path source = Files.createDirectories(directory.resolve("shape")).resolve("main.go");
    Files.writeString(source, GO);
    Path program = directory.resolve("shape-reader");
    run("go", "build", "-o", program.toString(), source.toString());
    return program;
  }

  static Map<String, String> go(Path program, Path certificate) throws Exception {
    return lines(run(program.toString(), certificate.toString()));
  }

  static Map<String, String> openssl(Path certificate) throws Exception {
    String text =
        run(
            "openssl",
            "x509",
            "-inform",
            "DER",
            "-noout",
            "-serial",
            "-dates",
            "-dateopt",
            "iso_8601",
            "-ext",
            "subjectAltName,basicConstraints,subjectKeyIdentifier,authorityKeyIdentifier",
            "-in",
            certificate.toString());
    Map<String, String> fields = new TreeMap<>();
    fields.put("serial", stripZeros(find(text, "serial=([0-9A-F]+)").toLowerCase(Locale.ROOT)));
    fields.put("from", find(text, "notBefore=(.*)").replace(' ', 'T'));
    fields.put("until", find(text, "notAfter=(.*)").replace(' ', 'T'));
    fields.put("uri", find(text, "URI:(\\S+)"));
    fields.put("ca", Boolean.toString(text.contains("CA:TRUE")));
    fields.put("subjectKey", colons(find(text, "Subject Key Identifier:\\s*\\n\\s*([0-9A-F:]+)")));
    fields.put(
        "authorityKey",
        colons(find(text, "Authority Key Identifier:\\s*\\n\\s*(?:keyid:)?([0-9A-F:]+)")));
    return fields;
  }

  static Map<String, String> gnutls(Path certificate) throws Exception {
    String text =
        run("certtool", "--certificate-info", "--inder", "--infile", certificate.toString());
    Map<String, String> fields = new TreeMap<>();
    fields.put("serial", stripZeros(find(text, "Serial Number \\(hex\\): ([0-9a-f]+)")));
    fields.put("from", gnutlsTime(find(text, "Not Before: (.*)")));
    fields.put("until", gnutlsTime(find(text, "Not After: (.*)")));
    fields.put("uri", find(text, "URI: (\\S+)"));
    fields.put("ca", find(text, "Certificate Authority \\(CA\\): (\\w+)").toLowerCase(Locale.ROOT));
    fields.put("subjectKey", find(text, "Subject Key Identifier[^\\n]*\\n\\s*([0-9a-f]+)"));
    fields.put("authorityKey", find(text, "Authority Key Identifier[^\\n]*\\n\\s*([0-9a-f]+)"));
    return fields;
  }

  private static String gnutlsTime(String text) {
    return LocalDateTime.parse(text.strip().replaceAll(" +", " "), GNUTLS_TIME)
        .toInstant(ZoneOffset.UTC)
        .toString();
  }

  private static String find(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as("%s in:%n%s", pattern, text).isTrue();
    return matcher.group(1).strip();
  }

  private static String colons(String text) {
    return text.replace(":", "").toLowerCase(Locale.ROOT);
  }

  private static String stripZeros(String hex) {
    return hex.replaceFirst("^0+", "");
  }

  private static Map<String, String> lines(String text) {
    Map<String, String> fields = new TreeMap<>();
    text.lines()
        .forEach(line ->
            fields.put(
                line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
    fields.replaceAll((name, value) ->
        name.equals("from") || name.equals("until") ? Instant.parse(value).toString() : value);
    return fields;
  }

  private static String hash(byte[] bytes) {
    return Sha256.of(bytes).toHex();
  }

  private static String hex(byte[] bytes) {
    return Bytes.copyOf(bytes).toHex();
  }

  private static String run(String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("TZ", "UTC");
    builder.environment().put("GO111MODULE", "off");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(output).isTrue();
    assertThat(process.exitValue()).as("%s: %s", String.join(" ", command), output).isZero();
    return output;
  }
}
