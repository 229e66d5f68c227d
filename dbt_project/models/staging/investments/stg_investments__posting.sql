with source as (select * from {{ source('investments', 'postings') }})

select
    ---------- ids
    municipality_id, category_id, load_id,

    ---------- text
    category_group, category, project,
    case flow
        when 'utgift' then 'expenditure'
        when 'inkomst' then 'income'
    end as flow,
    case measure
        when 'budget' then 'budget'
        when 'utfall' then 'actual'
    end as measure,

    ---------- numerics
    cast(year as integer) as year,
    amount,

    ---------- dates
    {{ first_of_month('month') }} as month

from source
