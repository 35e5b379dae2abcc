package dev.alts.ca;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.alts.ca.authority.SigningAuthority;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import org.junit.jupiter.api.Test;

/** Rules that protect a security or dependency fact; their numbers are the house style's. */
class ArchitectureTest {
  private static final JavaClasses ALL = new ClassFileImporter().importPackages("dev.alts.ca");
  // Imported once: reading thousands of classes is what this test costs.
  private static final JavaClasses MAIN =
      ALL.that(
          DescribedPredicate.describe(
              "not tests",
              javaClass ->
                  javaClass
                      .getSource()
                      .map(source -> !source.getUri().getPath().contains("/test-classes/"))
                      .orElse(true)));

  private static final DescribedPredicate<JavaClass> WIRING =
      simpleNameEndingWith("Configuration").as("wiring classes");

  @Test
  void rule3EntitiesAndRepositoriesStayInternal() {
    classes()
        .that()
        .areAnnotatedWith("jakarta.persistence.Entity")
        .or()
        .areAssignableTo("org.springframework.data.repository.Repository")
        .should()
        .bePackagePrivate()
        .andShould()
        .resideInAPackage("..internal..")
        .allowEmptyShould(true)
        .check(MAIN);
  }

  @Test
  void rule4TimeAndRandomnessComeFromTheWiring() {
    noClasses()
        .that(DescribedPredicate.not(WIRING))
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callConstructor(SecureRandom.class)
        .orShould()
        .callMethod(Math.class, "random")
        .check(MAIN);
  }

  @Test
  void rule5PrimitivesOnlyWhereKeysAreKept() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.alts.ca.authority", "dev.alts.ca.resumption..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Cipher.class, Mac.class, Signature.class)
        .check(MAIN);
  }

  @Test
  void rule6RecordsHoldNeitherArraysNorSecrets() {
    fields()
        .that()
        .areDeclaredInClassesThat()
        .areRecords()
        .and()
        .areNotStatic()
        .should()
        .notHaveRawType(byte[].class)
        .andShould()
        .notHaveRawType(SecretBytes.class)
        .andShould()
        .notHaveRawType(PrivateKey.class)
        .check(MAIN);
  }

  @Test
  void rule7NamesSayWhatAThingIsAndNothingIsMocked() {
    // KeyManager and TrustManager are the JDK's own words.
    noClasses()
        .should()
        .haveNameMatching(".*(Util|Utils|Helper|(?<!Key)(?<!Trust)Manager|Impl)$")
        .check(ALL);
    noClasses().should().dependOnClassesThat().resideInAPackage("org.mockito..").check(ALL);
  }

  @Test
  void onlyTheIssuerSignsCertificates() {
    methods()
        .that()
        .areDeclaredIn(SigningAuthority.class)
        .and()
        .haveName("sign")
        .should()
        .onlyBeCalled()
        .byClassesThat()
        .haveFullyQualifiedName("dev.alts.ca.issuance.Issuer")
        .check(MAIN);
  }

  @Test
  void onlyTheCrlSignerSignsLists() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.alts.ca.crl.CrlSigner")
        .should()
        .callMethod(SigningAuthority.class, "signCrl", Bytes.class)
        .check(MAIN);
  }
}
