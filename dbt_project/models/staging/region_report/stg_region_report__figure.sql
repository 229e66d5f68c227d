with source as (select * from {{ source('region_report', 'figures') }})

select
    ---------- keys
    municipality_id,
    cast(year as integer) as year,
    case scope
        when 'kommun' then 'member'
        when 'regionmedel' then 'region_mean'
        when 'riksmedel' then 'nation_mean'
        when 'region totalt' then 'region_total'
        when 'riket totalt' then 'nation_total'
    end as scope,
    member_id,
    indicator as indicator_id,
    'specialisation=' || specialisation as breakdown,
    staff_group,

    ---------- the figure
    value, n,
    case weighting when 'ovägt' then 'unweighted' when 'vägt' then 'weighted' when 'okänd' then 'unknown' end as weighting,

    ---------- origin
    load_id

from source
