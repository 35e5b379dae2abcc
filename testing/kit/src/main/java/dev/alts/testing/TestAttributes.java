package dev.alts.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;

/** The extension {@code AltsAttributes}, encoded by BouncyCastle. */
public record TestAttributes(
    int kind,
    String boundary,
    String machine,
    long revocationId,
    Instant issuedAt,
    boolean mayDelegate) {
  public static final int MACHINE = 1;
  public static final int WORKLOAD = 2;
  public static final int HUMAN = 3;

  static final ASN1ObjectIdentifier OID =
      new ASN1ObjectIdentifier(
          "1.2.840.113556.1.8000.2554.3104.5968.21140.19705.45978.15841139.8815157");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  public TestAttributes withKind(int other) {
    return new TestAttributes(other, boundary, machine, revocationId, issuedAt, mayDelegate);
  }

  public TestAttributes withBoundary(String other) {
    return new TestAttributes(kind, other, machine, revocationId, issuedAt, mayDelegate);
  }

  public TestAttributes withMachine(String other) {
    return new TestAttributes(kind, boundary, other, revocationId, issuedAt, mayDelegate);
  }

  public TestAttributes withRevocationId(long other) {
    return new TestAttributes(kind, boundary, machine, other, issuedAt, mayDelegate);
  }

  public TestAttributes withIssuedAt(Instant other) {
    return new TestAttributes(kind, boundary, machine, revocationId, other, mayDelegate);
  }

  public TestAttributes withMayDelegate(boolean other) {
    return new TestAttributes(kind, boundary, machine, revocationId, issuedAt, other);
  }

  /** {@return the extension's value, DER} */
  public byte[] der() {
    try {
      return new DERSequence(
              new ASN1Encodable[] {
                new ASN1Integer(1),
                new ASN1Enumerated(kind),
                new DERUTF8String(boundary),
                new DERUTF8String(machine),
                new DEROctetString(ByteBuffer.allocate(8).putLong(revocationId).array()),
                new ASN1GeneralizedTime(TIME.format(issuedAt)),
                ASN1Boolean.getInstance(mayDelegate)
              })
          .getEncoded("DER");
    } catch (IOException e) {
      throw new AssertionError("writing to memory does not fail", e);
    }
  }
}
