package dev.alts.ca.policy;

import dev.alts.ca.policy.FactCatalog.FactType;
import dev.cel.checker.CelStandardDeclarations;
import dev.cel.checker.CelStandardDeclarations.StandardFunction;
import dev.cel.checker.CelStandardDeclarations.StandardIdentifier;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.parser.CelUnparser;
import dev.cel.parser.CelUnparserFactory;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compiles conditions of rules, within limits.
 *
 * <p>A condition can compare facts and look into their lists, nothing else: no function of the JVM
 * can be reached, {@code exists} and {@code all} are the only macros that iterate and may not be
 * nested, size and depth are bounded, regular expressions are literals and run in linear time. So a
 * rule set costs at most a bounded time per decision, whoever wrote it.
 */
final class ConditionCompiler {
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(4096)
          .maxParseRecursionDepth(32)
          .maxParseExpressionNodeCount(400)
          .comprehensionMaxIterations(1024)
          .maxRegexProgramSize(1000)
          .enableHeterogeneousNumericComparisons(true)
          .populateMacroCalls(true)
          .build();

  private static final List<StandardFunction> FUNCTIONS =
      List.of(
          StandardFunction.LOGICAL_AND,
          StandardFunction.LOGICAL_OR,
          StandardFunction.LOGICAL_NOT,
          StandardFunction.CONDITIONAL,
          StandardFunction.NOT_STRICTLY_FALSE,
          StandardFunction.EQUALS,
          StandardFunction.NOT_EQUALS,
          StandardFunction.LESS,
          StandardFunction.LESS_EQUALS,
          StandardFunction.GREATER,
          StandardFunction.GREATER_EQUALS,
          StandardFunction.IN,
          StandardFunction.INDEX,
          StandardFunction.SIZE,
          StandardFunction.NEGATE,
          StandardFunction.CONTAINS,
          StandardFunction.STARTS_WITH,
          StandardFunction.ENDS_WITH,
          StandardFunction.MATCHES);

  private final CelCompiler compiler = compiler();
  private final CelRuntime runtime =
      CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();
  private final CelUnparser unparser = CelUnparserFactory.newUnparser();

  private static CelCompiler compiler() {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardEnvironmentEnabled(false)
            .setStandardDeclarations(
                CelStandardDeclarations.newBuilder()
                    .includeFunctions(FUNCTIONS)
                    .includeIdentifiers(StandardIdentifier.BOOL)
                    .build())
            .setStandardMacros(CelStandardMacro.HAS, CelStandardMacro.EXISTS, CelStandardMacro.ALL)
            .setResultType(SimpleType.BOOL);
    FactCatalog.families()
        .forEach(
            family -> builder.addVar(family, MapType.create(SimpleType.STRING, SimpleType.STRING)));
    FactCatalog.all().forEach((name, type) -> builder.addVar(name, celType(type)));
    return builder.build();
  }

  private static CelType celType(FactType type) {
    return switch (type) {
      case TEXT -> SimpleType.STRING;
      case NUMBER -> SimpleType.INT;
      case NUMBER_LIST -> ListType.create(SimpleType.INT);
      case TEXT_LIST -> ListType.create(SimpleType.STRING);
    };
  }

  /**
   * {@return the compiled condition}
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  Condition compile(String when) {
    CelAbstractSyntaxTree tree = check(when);
    ConditionTree.requireBounded(tree);
    List<Condition.Term> terms = new ArrayList<>();
    for (CelExpr term : ConditionTree.conjuncts(tree.getExpr())) {
      terms.add(compileTerm(tree, term));
    }
    return new Condition(
        terms,
        ConditionTree.facts(tree),
        ConditionTree.alwaysAsksTheCa(tree),
        ConditionTree.pinsIssuer(tree),
        ConditionTree.reach(tree, part -> compileTerm(tree, part)));
  }

  private CelAbstractSyntaxTree check(String when) {
    CelValidationResult result = compiler.compile(when);
    try {
      return result.getAst();
    } catch (CelValidationException e) {
      throw new IllegalArgumentException("when: " + result.getErrorString(), e);
    }
  }

  private Condition.Term compileTerm(CelAbstractSyntaxTree tree, CelExpr term) {
    CelAbstractSyntaxTree part =
        CelAbstractSyntaxTree.newCheckedAst(
            term, tree.getSource(), tree.getReferenceMap(), tree.getTypeMap());
    try {
      CelRuntime.Program program = runtime.createProgram(part);
      // A program that cannot even run without facts is refused now, not at the first request.
      return new Condition.Term(unparser.unparse(part), program);
    } catch (CelEvaluationException e) {
      throw new IllegalArgumentException("when: " + e.getMessage(), e);
    }
  }

  /** {@return what the runtime says about {@code facts}; anything but true is no match} */
  static Condition.TermOutcome evaluate(Condition.Term term, Map<String, Object> facts) {
    try {
      Object result = term.program().eval(facts);
      return Boolean.TRUE.equals(result)
          ? new Condition.TermOutcome.Holds()
          : new Condition.TermOutcome.Fails("is false");
    } catch (CelEvaluationException e) {
      return new Condition.TermOutcome.Fails(reason(e));
    }
  }

  /** {@return true or false, or empty where the term has no answer} */
  static Optional<Boolean> plainValue(Condition.Term term, Map<String, Object> facts) {
    try {
      return term.program().eval(facts) instanceof Boolean value
          ? Optional.of(value)
          : Optional.empty();
    } catch (CelEvaluationException e) {
      // A missing fact: neither the term nor its negation holds.
      return Optional.empty();
    }
  }

  private static String reason(CelEvaluationException e) {
    return switch (e.getErrorCode()) {
      case ATTRIBUTE_NOT_FOUND -> "a fact that it reads is missing";
      case ITERATION_BUDGET_EXCEEDED -> "it looks at more list entries than are allowed";
      default -> "cannot be evaluated";
    };
  }
}
