package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.Limits;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.humans.RoleRegistry;
import dev.alts.ca.humans.Touched;
import dev.alts.ca.issuance.IssuedCertificates;
import dev.alts.ca.issuance.LedgerScope;
import dev.alts.ca.issuance.RecordedCertificate;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Whether a limited role reaches an object. The object is looked up here: its path and the labels
 * of its machine are what the CA has stored, never what a request says of them.
 *
 * <p>What is out of reach cannot be told from what does not exist.
 */
@Component
class WithinReach {
  private final MachineRegistry machines;
  private final IssuedCertificates ledger;
  private final RoleRegistry roles;
  private final TrustDomain own;

  WithinReach(
      MachineRegistry machines,
      IssuedCertificates ledger,
      RoleRegistry roles,
      CaSettings settings) {
    this.machines = machines;
    this.ledger = ledger;
    this.roles = roles;
    this.own = settings.trustDomain();
  }

  /** {@return the machine, if there is one and it is within reach} */
  Machine machine(AuthenticatedHuman human, Permission permission, MachineName name) {
    return machines
        .find(name)
        .filter(machine -> human.rights().allow(permission, touched(machine)))
        .orElseThrow(() ->
            RefusedRequestException.of(
                HttpStatus.NOT_FOUND,
                "There is no such machine" + orReach(human, permission),
                "altsctl machine list"));
  }

  /** {@return at most {@code limit} machines within reach, by name, behind {@code after}} */
  List<Machine> machines(
      AuthenticatedHuman human, Permission permission, Optional<MachineName> after, int limit) {
    NavigableSet<String> names = new TreeSet<>();
    for (Limits limits : human.rights().limits(permission)) {
      for (String name : machines.labelled(limits.machineLabels())) {
        if (limits.cover(
            Touched.onMachine(new MachineName(name).spiffeId(own), limits.machineLabels()))) {
          names.add(name);
        }
      }
    }
    return names.tailSet(after.map(MachineName::text).orElse(""), false).stream()
        .limit(limit)
        .flatMap(name -> machines.find(new MachineName(name)).stream())
        .toList();
  }

  boolean reaches(AuthenticatedHuman human, Permission permission, MachineName name) {
    return human.rights().allowEverywhere(permission)
        || machines
            .find(name)
            .filter(machine -> human.rights().allow(permission, touched(machine)))
            .isPresent();
  }

  /**
   * Where a machine may or may not be known; one that is not is only within limits if unlimited.
   */
  void requireMachine(AuthenticatedHuman human, Permission permission, MachineName name) {
    if (!human.rights().allowEverywhere(permission)) {
      var _ = machine(human, permission, name);
    }
  }

  /**
   * Whether a machine may be let join as this. It takes the name, if there is one, away from the
   * machine that has it now, so that one must be within reach too.
   */
  void requireJoin(
      AuthenticatedHuman human, Optional<MachineName> name, MachineProperties properties) {
    Permission permission = Permission.FLEET_OPERATE;
    if (human.rights().allowEverywhere(permission)) {
      return;
    }
    Touched joining =
        new Touched(
            name.map(known -> known.spiffeId(own).path()), Optional.of(properties.labels()));
    if (!human.rights().allow(permission, joining)) {
      throw outside(human, permission, "A machine of that name and with those labels");
    }
    if (!properties.boundary().isEmpty()) {
      // Inside a boundary traffic may go unencrypted: who else stands there is not theirs to say.
      throw outside(human, permission, "Which machines stand in a boundary");
    }
    name.flatMap(machines::find)
        .filter(stored -> !human.rights().allow(permission, touched(stored)))
        .ifPresent(stored -> {
          throw outside(human, permission, "The machine that has this name");
        });
  }

  boolean reaches(
      AuthenticatedHuman human, Permission permission, RecordedCertificate certificate) {
    return human.rights().allow(permission, touched(certificate));
  }

  void requireCertificate(AuthenticatedHuman human, Permission permission, RevocationId id) {
    Optional<RecordedCertificate> stored = ledger.find(id);
    if (!human.rights().allowEverywhere(permission)
        && stored.filter(found -> reaches(human, permission, found)).isEmpty()) {
      throw RefusedRequestException.of(
          HttpStatus.NOT_FOUND,
          "There is no such certificate" + orReach(human, permission),
          "altsctl cert list");
    }
    stored.ifPresent(found -> requireNotAbove(human, permission, found.subject()));
  }

  /** An identity as such, on whichever machines: no role that is limited to machines reaches it. */
  void requireIdentity(AuthenticatedHuman human, Permission permission, SpiffeId id) {
    if (!reaches(human, permission, id)) {
      throw outside(human, permission, id.toString());
    }
    requireNotAbove(human, permission, id);
  }

  /** To revoke a human's login is to act upon them, as to disable them is (abuse-42). */
  private void requireNotAbove(AuthenticatedHuman human, Permission permission, SpiffeId id) {
    if (permission == Permission.REVOCATION_CHANGE
        && HumanName.ofSpiffeId(id, own)
            .filter(other -> !other.equals(human.name()))
            .filter(other -> !human.rights().contain(roles.assigned(other)))
            .isPresent()) {
      throw RefusedRequestException.of(
          HttpStatus.FORBIDDEN,
          "Nobody acts upon a human who may more. You have %s.".formatted(human.rights().held()),
          "Ask a security-admin with wider limits.");
    }
  }

  boolean reaches(AuthenticatedHuman human, Permission permission, SpiffeId id) {
    Touched touched = id.isMemberOf(own) ? Touched.identity(id) : Touched.everything();
    return human.rights().allow(permission, touched);
  }

  /** For what no filter has checked, because it comes from what was kept. */
  static void requirePermission(AuthenticatedHuman human, Permission permission) {
    if (human.rights().limits(permission).isEmpty()) {
      throw RefusedRequestException.of(
          HttpStatus.FORBIDDEN,
          "%s has no role that gives %s.".formatted(human.name(), permission.text()),
          "altsctl human role list " + human.name());
    }
  }

  void requireEverything(AuthenticatedHuman human, Permission permission, String what) {
    if (!human.rights().allowEverywhere(permission)) {
      throw outside(human, permission, what);
    }
  }

  /** {@return what of the ledger is within reach} */
  LedgerScope ledger(AuthenticatedHuman human, Permission permission) {
    if (human.rights().allowEverywhere(permission)) {
      return LedgerScope.WHOLE;
    }
    List<LedgerScope.Part> parts = new ArrayList<>();
    for (Limits limits : human.rights().limits(permission)) {
      parts.add(
          new LedgerScope.Part(
              limits.pathPrefix().isEmpty() ? "" : "spiffe://" + own.name() + limits.pathPrefix(),
              limits.machineLabels().isEmpty()
                  ? Optional.empty()
                  : Optional.of(machines.labelled(limits.machineLabels()))));
    }
    return LedgerScope.of(parts);
  }

  Touched touched(Machine machine) {
    return Touched.onMachine(machine.name().spiffeId(own), machine.properties().labels());
  }

  private Touched touched(RecordedCertificate certificate) {
    SpiffeId id = certificate.subject();
    return certificate.machine().isEmpty()
        ? Touched.identity(id)
        : machines
            .find(new MachineName(certificate.machine()))
            .map(machine -> Touched.onMachine(id, machine.properties().labels()))
            .orElseGet(() -> Touched.identity(id));
  }

  static RefusedRequestException outside(
      AuthenticatedHuman human, Permission permission, String what) {
    return RefusedRequestException.of(
        HttpStatus.FORBIDDEN,
        "%s is outside of what your roles reach for %s: %s."
            .formatted(what, permission.text(), reach(human, permission)),
        "Somebody with a wider role does this, or widens yours: altsctl human role list NAME.");
  }

  private static String orReach(AuthenticatedHuman human, Permission permission) {
    return human.rights().allowEverywhere(permission)
        ? "."
        : ", or it is outside of what your roles reach: %s.".formatted(reach(human, permission));
  }

  private static String reach(AuthenticatedHuman human, Permission permission) {
    return human.rights().limits(permission).stream()
        .map(Limits::toString)
        .distinct()
        .reduce((a, b) -> a + "; or " + b)
        .orElse("nothing");
  }
}
