with source as (select * from {{ source('work_environment', 'reports') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as occurrence_year,
    report_id,

    ---------- the event
    occurred_on, reported_on,
    case type when 'arbetsskada' then 'injury' when 'tillbud' then 'incident' end as report_type,
    case category
        when 'hot och våld' then 'hot_och_vald'
        when 'psykisk överbelastning' then 'psykisk_overbelastning'
        when 'färdolycka' then 'fardolycka'
        when 'skärskada' then 'skarskada'
        when 'ej angivet' then 'ej_angivet'
        else category
    end as category,
    department, unit,

    ---------- origin
    extracted_on, load_id, source_row

from source
