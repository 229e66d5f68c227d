with source as (select * from {{ source('internal_control', 'controls') }})

select
    ---------- ids
    municipality_id, control_id, indicator_id, load_id,

    ---------- text
    risk, risk_description, control, label, decision_type, law,
    case method
        when 'journalgranskning' then 'journal_review'
        when 'statistik' then 'statistics'
    end as method,
    reviewer_role, sample_label,
    case threshold_kind
        when 'andel' then 'share'
        when 'ingen' then 'none'
    end as threshold_kind,
    breakdown, judgement, result_text, action,

    ---------- numerics
    cast(year as integer) as year,
    row_order, population, sample_n, fulfilled_n,

    ---------- dates
    period_start, period_end

from source
