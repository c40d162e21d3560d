"""The public forms that must work from end to end, and the languages they are walked in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PublicForm:
    code: str
    file: str
    tag: str
    """Language of the citizen's messenger."""
    language: str
    """The same language as the form calls it; '' for a form that names none."""


FORMS = (
    PublicForm("mitwirken", "CorrelAid+xlsform2lstsv__scripts_test_mitwirken_umfrage.xlsx", "de", ""),
    PublicForm("testb", "CorrelAid+xlsform2lstsv__docker_tests_fixtures_testB.xlsx", "de", "?"),
    PublicForm(
        "socio",
        "getodk+web-forms__packages_common_src_fixtures_preview-service_xlsforms_socio-economic-survey-v20240515.xlsx",
        "en",
        "?",
    ),
    PublicForm(
        "district", "onaio+onadata__onadata_apps_main_tests_fixtures_subdistrict_profiling_tool.xlsx", "en", "?"
    ),
    PublicForm(
        "transport", "onaio+onadata__onadata_apps_main_tests_fixtures_transportation_transportation.xlsx", "en", ""
    ),
    PublicForm("mali", "onaio+onadata__onadata_libs_tests_utils_fixtures_mali_health.xlsx", "en", "?"),
    PublicForm("likert", "PovertyAction+SurveyCTO-Templates__Likert_template.xlsx", "en", ""),
    PublicForm(
        "biocultural", "ConservationMetrics+gc-docs__static_xlsform-templates_biocultural_monitoring.xlsx", "en", "?"
    ),
)
