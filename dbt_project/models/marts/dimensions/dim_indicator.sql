with indicators as (select * from {{ ref('int_indicator') }})

select
    ---------- ids
    indicator_id,

    ---------- text
    indicator, domain, service_area, similar_group_kind, unit, unit_before_break, good_direction, disclosure_class,
    source, formula, kolada_title, kolada_description, publication_period,

    ---------- numerics
    decimals, ended_after, series_break_year, series_break_year_2,

    ---------- booleans
    is_amount,

    ---------- dates
    prel_publication_date, publication_date, withdrawn_on

from indicators
