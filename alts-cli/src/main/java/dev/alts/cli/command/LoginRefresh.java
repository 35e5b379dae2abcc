package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaAddresses;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CaTls;
import dev.alts.cli.ca.FirstContact;
import dev.alts.cli.home.Login;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.AuthorityState;
import java.util.Optional;

/**
 * Keeps a login up with its trust domain: takes the newest trust document, follows a new root, and
 * gets new certificates when the authority of the present ones is tainted. A login lasts for up to
 * 20 hours; authorities may change meanwhile.
 */
final class LoginRefresh {
  private final CliContext context;
  private final CaAddresses address;

  LoginRefresh(CliContext context, CaAddresses address) {
    this.context = context;
    this.address = address;
  }

  /** {@return the login as it is good now, kept} */
  Login refresh(Login login) {
    Login current =
        FirstContact.again(address, login.trust(), context.random())
            .map(contact -> kept(login.trusting(contact.document(), contact.encoded())))
            .orElse(login);
    return restsOnTainted(current) ? kept(renew(current)) : current;
  }

  private Login kept(Login login) {
    context.home().keep(login);
    return login;
  }

  private Login renew(Login login) {
    IssuedLogin keys = new IssuedLogin(context.random());
    JsonObject body = new JsonObject();
    keys.describe(body);
    try (CaClient ca =
        new CaClient(address, CaTls.asHuman(login, context.clock(), context.random()))) {
      return keys.complete(
          ca.post("/v1/login/renew", body), login.ca(), login.root(), login.trustDocument());
    }
  }

  private static boolean restsOnTainted(Login login) {
    Optional<Bytes> keyId = login.tls().leaf().certificate().authorityKeyIdentifier();
    return login.trust().authorities().stream()
        .filter(authority -> authority.state() == AuthorityState.TAINTED)
        .anyMatch(authority -> authority.certificate().subjectKeyIdentifier().equals(keyId));
  }
}
