-- What a Kolada value is compared with (DEFINITIONS 5): unweighted means over the members that have a value, how many they are,
-- and the place among the municipalities. A mean of few is not told, only how few they are; and amounts that grow with the municipality
-- (inhabitants, millions) have neither mean nor place, for those would speak of its size.
with
figures as (select * from {{ ref('int_kolada__indicator_value') }}),
indicators as (select * from {{ ref('int_indicator') }}),
municipalities as (select * from {{ ref('int_municipality') }}),
members as (select * from {{ ref('int_comparison__member') }}),
comparison_groups as (select * from {{ ref('stg_config__comparison_group') }}),

described as (
    select
        figures.municipality_id, figures.indicator_id, figures.gender, figures.period_end, figures.value,
        -- a sum of doubles depends on the order of the rows, and would differ in its last bits between two builds of the same loads
        cast(figures.value as decimal(28, 10)) as exact_value,
        figures.is_simulated and figures.value is not null as is_simulated,
        indicators.similar_group_kind, indicators.good_direction, indicators.is_amount, indicators.unit,
        municipalities.municipality_type = 'K' as is_municipality
    from figures
    inner join indicators on figures.indicator_id = indicators.indicator_id
    left join municipalities on figures.municipality_id = municipalities.municipality_id
),

group_sums as (
    select
        members.municipality_id, described.indicator_id, described.gender, described.period_end,
        sum(case when members.kind = 'region' then described.exact_value end) as region_sum,
        count(case when members.kind = 'region' then described.value end) as region_count,
        sum(case when members.kind = 'similar' then described.exact_value end) as similar_sum,
        count(case when members.kind = 'similar' then described.value end) as similar_count,
        max(case when described.is_simulated then 1 else 0 end) as simulated_members
    from members
    inner join described on members.member_id = described.municipality_id
    where members.kind = 'region'
        or members.similar_group_kind = described.similar_group_kind
    group by members.municipality_id, described.indicator_id, described.gender, described.period_end
),

national_sums as (
    select
        indicator_id, gender, period_end,
        sum(exact_value) as national_sum,
        count(value) as national_count,
        max(case when is_simulated then 1 else 0 end) as simulated_members
    from described
    where is_municipality
    group by indicator_id, gender, period_end
),

-- ties share the place nearest 1; where neither direction is better, 1 is the highest
ranks as (
    select
        municipality_id, indicator_id, gender, period_end,
        rank() over (
            partition by indicator_id, gender, period_end
            order by case when good_direction = 'low' then value else -value end
        ) as national_rank
    from described
    where is_municipality
        and value is not null
        and not is_amount
        and unit <> '0/1'
)

select
    ---------- the figure's key
    described.municipality_id, described.indicator_id, described.gender, described.period_end,

    ---------- the region, own municipality included
    case
        when group_sums.region_count >= {{ var('least_members') }} and not described.is_amount
            then cast(group_sums.region_sum as double) / group_sums.region_count
    end as region_mean,
    case when region.group_id is not null then coalesce(group_sums.region_count, 0) end as region_count,

    ---------- the similar ones, own municipality left out
    case
        when group_sums.similar_count >= {{ var('least_members') }} and not described.is_amount
            then cast(group_sums.similar_sum as double) / group_sums.similar_count
    end as similar_mean,
    case when similar_group.group_id is not null then coalesce(group_sums.similar_count, 0) end as similar_count,

    ---------- all municipalities; a place among few would say little
    case
        when national_sums.national_count >= {{ var('least_municipalities') }} and not described.is_amount
            then cast(national_sums.national_sum as double) / national_sums.national_count
    end as national_mean,
    coalesce(national_sums.national_count, 0) as national_count,
    case when national_sums.national_count >= {{ var('least_ranked') }} then ranks.national_rank end as national_rank,

    ---------- how far it can be trusted
    coalesce(group_sums.simulated_members, 0) + coalesce(national_sums.simulated_members, 0) > 0 as comparison_is_simulated

from described
left join group_sums
    on described.municipality_id = group_sums.municipality_id
    and described.indicator_id = group_sums.indicator_id
    and described.gender = group_sums.gender
    and described.period_end = group_sums.period_end
left join national_sums
    on described.indicator_id = national_sums.indicator_id
    and described.gender = national_sums.gender
    and described.period_end = national_sums.period_end
left join ranks
    on described.municipality_id = ranks.municipality_id
    and described.indicator_id = ranks.indicator_id
    and described.gender = ranks.gender
    and described.period_end = ranks.period_end
left join comparison_groups as region
    on described.municipality_id = region.municipality_id
    and region.kind = 'region'
left join comparison_groups as similar_group
    on described.municipality_id = similar_group.municipality_id
    and similar_group.kind = 'similar'
    and described.similar_group_kind = similar_group.similar_group_kind
