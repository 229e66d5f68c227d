-- Kolada's values as rows of an indicator mart. A view: each mart takes its own domain from it, and writing all of them once more
-- would cost more than it saves.
{{ config(materialized='view') }}

with
indicator_values as (select * from {{ ref('int_kolada__indicator_value') }}),
comparisons as (select * from {{ ref('int_kolada__comparison') }}),

compared as (
    select
        indicator_values.municipality_id, indicator_values.indicator_id, indicator_values.org_unit,
        indicator_values.staff_group, indicator_values.breakdown, indicator_values.gender,
        indicator_values.period_start, indicator_values.period_end, indicator_values.period_grain,
        indicator_values.measure_time, indicator_values.value, indicator_values.numerator,
        indicator_values.denominator, indicator_values.n, indicator_values.status, comparisons.region_mean,
        comparisons.region_count, comparisons.similar_mean, comparisons.similar_count, comparisons.national_mean,
        comparisons.national_count, comparisons.national_rank, indicator_values.is_preliminary,
        indicator_values.is_revised,
        case when indicator_values.is_revised then replace(indicator_values.lineage_id, 'kolada:', '') end as revised_by_load_id,
        -- Kolada withholds small groups itself, before anything is fetched
        false as is_suppressed,
        indicator_values.is_simulated, comparisons.comparison_is_simulated,
        case
            when indicator_values.is_simulated then 'Simulerat värde (demonstration), inte Koladas'
            else 'Källa: Kolada'
        end as source,
        indicator_values.lineage_id,
        cast(null as {{ dbt.type_string() }}) as service_area
    from indicator_values
    inner join comparisons
        on indicator_values.municipality_id = comparisons.municipality_id
        and indicator_values.indicator_id = comparisons.indicator_id
        and indicator_values.gender = comparisons.gender
        and indicator_values.period_end = comparisons.period_end
),

{{ indicator_figures('compared', ref('int_kolada__indicator_value')) }}
