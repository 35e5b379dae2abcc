package dev.alts.netty;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What depends on what at the edge of the transport (house style 2.9). */
class EdgeRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.alts");

  @Test
  void onlyTheNettyPackageSeesNetty() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.alts.netty..", "dev.alts.grpc..", "dev.alts.credentials..")
        .and()
        .resideInAPackage("dev.alts..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .check(CLASSES);
  }

  @Test
  void generatedMessagesStayBelowTheEdge() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.alts.netty..", "dev.alts.socket..", "dev.alts.endpoint..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.alts.wire..", "dev.alts.api..", "com.google.protobuf..")
        .check(CLASSES);
  }

  @Test
  void endpointsKnowNoSocketsAndNoNetty() {
    noClasses()
        .that()
        .resideInAPackage("dev.alts.endpoint..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "io.netty..", "io.grpc..")
        .check(CLASSES);
  }
}
