package dev.alts.ca.operator;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;

/**
 * Who may talk to the operator socket: root and the CA's own user. The JDK's principals compare by
 * uid, so a second name for a user, or a stranger of the same name elsewhere, changes nothing.
 */
record AllowedCallers(UserPrincipal root, UserPrincipal own) {
  static AllowedCallers rootAnd(UserPrincipal own) throws IOException {
    // Text that is no user's name is taken as a number: this is uid 0, even without a user
    // database.
    UserPrincipal root =
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("0");
    return new AllowedCallers(root, own);
  }

  boolean allow(UserPrincipal caller) {
    return caller.equals(own) || caller.equals(root);
  }
}
