-- Per followed indicator: as many rows and values, and the same sum, in the marts as in staging. Kolada's own group rows are no
-- units. Sums of floating-point numbers depend on the order of addition, hence the tolerance.
with
staged as (
    select
        values_in_staging.indicator_id,
        count(*) as row_count,
        count(values_in_staging.value) as value_count,
        coalesce(sum(values_in_staging.value), 0) as value_sum
    from {{ ref('stg_kolada__data') }} as values_in_staging
    inner join {{ ref('kolada_indicators') }} as followed
        on values_in_staging.indicator_id = followed.indicator_id
    where values_in_staging.municipality_id not like 'G%'
    group by values_in_staging.indicator_id
),

published as (
    select
        indicator_id,
        count(*) as row_count,
        count(value) as value_count,
        coalesce(sum(value), 0) as value_sum
    from {{ ref('indicators') }}
    where source like '%Kolada%'
    group by indicator_id
)

select
    coalesce(staged.indicator_id, published.indicator_id) as indicator_id,
    staged.row_count as staged_rows,
    published.row_count as published_rows,
    staged.value_sum as staged_sum,
    published.value_sum as published_sum
from staged
full outer join published
    on staged.indicator_id = published.indicator_id
where staged.indicator_id is null
    or published.indicator_id is null
    or staged.row_count <> published.row_count
    or staged.value_count <> published.value_count
    or abs(staged.value_sum - published.value_sum) > 0.000000001 * (1 + abs(staged.value_sum))
