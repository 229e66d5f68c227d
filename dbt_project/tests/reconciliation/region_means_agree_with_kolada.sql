-- Where Kolada's own value of the region was fetched, the platform's mean of the members agrees with it within a per cent. Only the
-- latest year: Kolada's older values follow the membership of their time. A warning, since Kolada may have revised one of the two.
{{ config(severity='warn') }}

with
regions as (select * from {{ ref('stg_config__comparison_group') }} where kind = 'region'),

group_values as (
    select * from {{ ref('stg_kolada__data') }}
    where municipality_id like 'G%'
        and value is not null
),

latest as (
    select
        indicator_id,
        max(year) as year
    from group_values
    group by indicator_id
)

select
    figures.municipality_id, figures.indicator_id, figures.gender, figures.period_end, figures.region_mean,
    group_values.value as kolada_value
from group_values
inner join latest
    on group_values.indicator_id = latest.indicator_id
    and group_values.year = latest.year
inner join regions on group_values.municipality_id = regions.group_id
inner join {{ ref('indicators') }} as figures
    on regions.municipality_id = figures.municipality_id
    and group_values.indicator_id = figures.indicator_id
    and group_values.gender = figures.gender
    and group_values.year = extract(year from figures.period_end)
where figures.source like '%Kolada%'
    and abs(figures.region_mean - group_values.value) > 0.01 * abs(group_values.value)
