package dev.alts.ca.machine;

import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.api.machine.v1.MachineKeys;
import dev.alts.ca.attestation.Generation;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.attestation.MachineCertificate;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.issuance.IdempotencyKey;
import dev.alts.ca.issuance.IssuanceAuthorization.MachineAttestation;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.ca.issuance.IssuedCertificate;
import dev.alts.ca.issuance.RequestedKey;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.springframework.stereotype.Component;

/** The pair of certificates of a machine itself: master and TLS SVID, for two different keys. */
@Component
class MachineCertificates {
  private final TrustDomain domain;
  private final IssuanceService issuance;
  private final MachineRegistry machines;

  MachineCertificates(CaSettings settings, IssuanceService issuance, MachineRegistry machines) {
    this.domain = settings.trustDomain();
    this.issuance = issuance;
    this.machines = machines;
  }

  /** Refuses keys before anything is spent on them, a join token above all. */
  static void requireKeys(MachineKeys keys) {
    Bytes master = WireCertificates.bytes(keys.getMasterSpki());
    Bytes tls = WireCertificates.bytes(keys.getTlsSpki());
    if (master.equals(tls)) {
      throw new ApiException(
          ApiException.Code.BAD_REQUEST, "keys: twice the same (expected: one for each use)");
    }
    try {
      RequestedKey.require(master);
      RequestedKey.require(tls);
    } catch (IllegalArgumentException e) {
      throw new ApiException(ApiException.Code.BAD_REQUEST, "keys: " + e.getMessage());
    }
  }

  /**
   * {@return both certificates, remembered as the machine's}
   *
   * @param request names the request; the same again gives the same certificates
   */
  MachineCredentials issue(
      Authenticated machine, Generation generation, MachineKeys keys, Bytes request) {
    SpiffeId id = machine.name().spiffeId(domain);
    MachineAttestation authorization =
        new MachineAttestation(
            id, machine.name().text(), machine.properties().boundary(), machine.attestor());
    List<IssuanceOutcome> outcomes =
        issuance.issue(
            List.of(
                request(
                    authorization,
                    CertificateProfile.MACHINE_MASTER,
                    WireCertificates.bytes(keys.getMasterSpki()),
                    request),
                request(
                    authorization,
                    CertificateProfile.MACHINE_TLS,
                    WireCertificates.bytes(keys.getTlsSpki()),
                    request)));
    IssuedCertificate master = require(outcomes.getFirst());
    IssuedCertificate tls = require(outcomes.getLast());
    machines.record(
        machine.name(), machine.lineage(), generation, List.of(toRecord(master), toRecord(tls)));
    return MachineCredentials.newBuilder()
        .setMachine(machine.name().text())
        .setSpiffeId(id.toString())
        .setBoundary(machine.properties().boundary())
        .setMaster(WireCertificates.toWire(master))
        .setTls(WireCertificates.toWire(tls))
        .addAllFacts(WireFacts.toWire(WireFacts.ofMachine(machine)))
        .build();
  }

  private static CertificateRequest request(
      MachineAttestation authorization, CertificateProfile profile, Bytes spki, Bytes request) {
    byte[] key =
        Sha256.of(profile.name().getBytes(StandardCharsets.US_ASCII), request.toByteArray())
            .toByteArray();
    return new CertificateRequest(
        new IdempotencyKey(Bytes.copyOf(Arrays.copyOf(key, IdempotencyKey.LENGTH))),
        authorization,
        profile,
        spki,
        null);
  }

  private static IssuedCertificate require(IssuanceOutcome outcome) {
    return switch (outcome) {
      case IssuanceOutcome.Issued issued -> issued.certificate();
      case IssuanceOutcome.Refused refused ->
          throw new ApiException(ApiException.Code.BAD_REQUEST, refused.explanation());
      case IssuanceOutcome.Unavailable unavailable ->
          throw new ApiException(ApiException.Code.UNAVAILABLE, unavailable.explanation());
    };
  }

  private static MachineCertificate toRecord(IssuedCertificate certificate) {
    return new MachineCertificate(
        Sha256.of(certificate.der()),
        certificate.profile().mayDelegate(),
        certificate.attributes().revocationId(),
        certificate.notAfter());
  }
}
