-- What is known of every followed indicator: the seeds say how it is used here, Kolada's catalogue says when it is published.
with
kolada_indicators as (select * from {{ ref('kolada_indicators') }}),
own_indicators as (select * from {{ ref('own_indicators') }}),
catalogue as (select * from {{ ref('stg_kolada__kpi') }}),

-- an indicator that came back and went again has several rows
withdrawn as (
    select
        indicator_id,
        max(withdrawn_on) as withdrawn_on
    from {{ ref('stg_kolada__withdrawn') }}
    where withdrawn_until is null
    group by indicator_id
),

followed as (
    select
        indicator_id, indicator, domain, service_area, similar_group_kind, unit, unit_before_break, good_direction,
        disclosure_class, decimals, ended_after, series_break_year, series_break_year_2, is_amount,
        'kolada' as source,
        {{ no_text('formula') }}
    from kolada_indicators

    union all

    select
        indicator_id, indicator, domain, service_area, similar_group_kind, unit, unit_before_break, good_direction,
        disclosure_class, decimals, ended_after, series_break_year, series_break_year_2, is_amount,
        'own' as source,
        formula
    from own_indicators
)

select
    ---------- ids
    followed.indicator_id,

    ---------- text
    followed.indicator, followed.domain, followed.service_area, followed.similar_group_kind, followed.unit,
    followed.unit_before_break, followed.good_direction, followed.disclosure_class, followed.source, followed.formula,
    catalogue.title as kolada_title,
    catalogue.description as kolada_description,
    catalogue.publication_period,

    ---------- numerics
    followed.decimals, followed.ended_after, followed.series_break_year, followed.series_break_year_2,

    ---------- booleans
    followed.is_amount,

    ---------- dates
    catalogue.prel_publication_date, catalogue.publication_date, withdrawn.withdrawn_on

from followed
left join catalogue on followed.indicator_id = catalogue.indicator_id
left join withdrawn on followed.indicator_id = withdrawn.indicator_id
