"""From what a paper prints to what a synthesis needs; each result says what it assumes."""

from equipoise.synthesis.effect_sizes.conversions.combined_groups import (
    combine_groups,
    design_effect,
    effective_size,
    inflate_for_clusters,
    split_shared,
)
from equipoise.synthesis.effect_sizes.conversions.converted import Converted, GroupSummary
from equipoise.synthesis.effect_sizes.conversions.crossover import (
    crossover_mean_difference,
    crossover_smd,
)
from equipoise.synthesis.effect_sizes.conversions.quantiles import (
    from_five_numbers,
    from_quartiles,
    from_range,
)
from equipoise.synthesis.effect_sizes.conversions.ratios import (
    correlation_from_smd,
    log_odds_ratio_from_smd,
    log_ratio_from_interval,
    log_ratio_from_p,
    smd_from_correlation,
    smd_from_log_odds_ratio,
)
from equipoise.synthesis.effect_sizes.conversions.spread import (
    correlation_from_sds,
    pooled_sd_from_se,
    sd_from_interval,
    sd_from_se,
    sd_of_change,
    se_from_interval,
    se_from_p,
)
from equipoise.synthesis.effect_sizes.conversions.statistics_to_smd import (
    smd_from_f,
    smd_from_mean_difference,
    smd_from_p,
    smd_from_regression,
    smd_from_t,
)

__all__ = [
    "Converted",
    "GroupSummary",
    "combine_groups",
    "correlation_from_sds",
    "correlation_from_smd",
    "crossover_mean_difference",
    "crossover_smd",
    "design_effect",
    "effective_size",
    "from_five_numbers",
    "from_quartiles",
    "from_range",
    "inflate_for_clusters",
    "log_odds_ratio_from_smd",
    "log_ratio_from_interval",
    "log_ratio_from_p",
    "pooled_sd_from_se",
    "sd_from_interval",
    "sd_from_se",
    "sd_of_change",
    "se_from_interval",
    "se_from_p",
    "smd_from_correlation",
    "smd_from_f",
    "smd_from_log_odds_ratio",
    "smd_from_mean_difference",
    "smd_from_p",
    "smd_from_regression",
    "smd_from_t",
    "split_shared",
]
