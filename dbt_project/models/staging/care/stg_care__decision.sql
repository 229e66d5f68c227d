with source as (select * from {{ source('care', 'decisions') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    decision_id, person_id,

    ---------- person
    gender, birth_month,

    ---------- decision
    law, law_version, service,
    {{ slug('service') }} as service_id,
    case decision_type
        when 'bifall' then 'granted'
        when 'delvis bifall' then 'partly_granted'
        when 'avslag' then 'refused'
    end as outcome,
    is_renewal, hours_per_month, unit,
    case provider
        when 'egen regi' then 'municipal'
        when 'privat' then 'private'
        when 'externt köpt' then 'external'
    end as provider,
    paying_municipality as paying_municipality_id,

    ---------- its way, in order
    application_date, decision_date, valid_from, valid_to, executed_date, interrupted_date, resumed_date, closed_date,
    case end_reason
        when 'avliden' then 'died'
        when 'flyttat' then 'moved'
        when 'återtagen ansökan' then 'withdrawn'
        when 'upphört' then 'ended'
        when 'nytt beslut' then 'new_decision'
    end as end_reason,
    waiting_reason,

    ---------- origin
    load_id, source_row

from source
