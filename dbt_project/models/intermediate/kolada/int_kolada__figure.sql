-- Kolada's values as rows of an indicator mart. A view: each mart takes its own domain from it, and writing all of them once more
-- would cost more than it saves.
{{ config(materialized='view') }}

with
indicator_values as (select * from {{ ref('int_kolada__indicator_value') }}),
comparisons as (select * from {{ ref('int_kolada__comparison') }}),

compared as (
    select
        indicator_values.*,
        comparisons.region_mean, comparisons.region_count, comparisons.similar_mean, comparisons.similar_count,
        comparisons.national_mean, comparisons.national_count, comparisons.national_rank,
        case when indicator_values.is_revised then replace(indicator_values.lineage_id, 'kolada:', '') end as revised_by_load_id,
        -- Kolada withholds small groups itself, before anything is fetched
        false as is_suppressed,
        comparisons.comparison_is_simulated,
        case
            when indicator_values.is_simulated then 'Simulerat värde (demonstration), inte Koladas'
            else 'Källa: Kolada'
        end as source,
        {{ no_text('service_area_of_staff') }}
    from indicator_values
    inner join comparisons
        on indicator_values.municipality_id = comparisons.municipality_id
        and indicator_values.indicator_id = comparisons.indicator_id
        and indicator_values.gender = comparisons.gender
        and indicator_values.period_end = comparisons.period_end
),

{{ indicator_figures('compared', ref('int_kolada__indicator_value')) }}
